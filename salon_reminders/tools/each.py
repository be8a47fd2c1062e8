import logging

_logger = logging.getLogger(__name__)


def work_each(records, work, task):
    """Do the work of a job for each record; one that fails does not stop the others.

    What was done for one is committed before the next.

    :param work: what to do with a record
    :param str task: what failed, for the log
    :raise Exception: the last error, when there was one, after all others
    """
    commit_progress = records.env["ir.cron"]._commit_progress
    error = None
    for record in records:
        try:
            work(record)
        except Exception as raised:
            records.env.cr.rollback()
            _logger.exception("%s of %s failed", task, record.display_name)
            error = raised
        commit_progress(1)
    if error:
        raise error
    commit_progress(remaining=0)
