"""Benchmarks: one module each, run by `./salon bench NAME`.

A module here has a docstring (its first line is shown in the list) and

    def run(context, scale):
        return {"import": context.figure(12.5, "s", baseline=30.0)}

`scale` multiplies the usual size of the data (1.0). `context` is
`dev.bench_context.Context`; the module runs under the Python of .odoo/venv,
so Odoo can be imported. A typical benchmark:

    def build(env, scale):
        '''Generate the data; called once, the database is then kept.'''
        env["res.partner"].create([...])

    def work(env, size):
        '''Runs in a process of its own, so that its memory can be measured.'''
        env["salon.reminder"]._rebuild()
        return {"rows": env["salon.reminder"].search_count([])}

    def run(context, scale):
        template = context.template(build)
        with context.copy(template) as database:
            done = context.measure(work, database, size=10)
        return {
            "rebuild": context.figure(done["seconds"], "s"),
            "rebuild memory": context.figure(done["peak_mb"], "MB"),
        }

In the same process: `with context.environment(database) as env:` (committed at
the end) and `with context.timed() as watch: ...`, then `watch.seconds`.
Random data must come from `context.random`, which is seeded: two runs measure
the same data. `context.say("text")` shows progress.
"""
