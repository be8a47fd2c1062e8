def uninstall_hook(env):
    """Leave no activities behind that point at calls which no longer exist."""
    env["mail.activity"].with_context(active_test=False).search(
        [("res_model", "=", "salon.call")]
    ).unlink()
