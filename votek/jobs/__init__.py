"""Background work: the queue of jobs, the worker, progress and cancelling."""
