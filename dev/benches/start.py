"""Loading the models of the addon, compared with Odoo without it."""


def load(env):
    """Opening the environment has loaded everything; only say how much."""
    return {"models": len(env.registry)}


def run(context, scale):
    with context.copy(context.without_addon) as database:
        before = context.measure(load, database)
    with context.copy(context.with_addon) as database:
        after = context.measure(load, database)
    return {
        "load": context.figure(after["total_seconds"], "s", before["total_seconds"]),
        "memory": context.figure(after["peak_mb"], "MB", before["peak_mb"]),
        "models": context.figure(after["models"], "", before["models"]),
    }
