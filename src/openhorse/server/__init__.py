"""HTTP requests come in, the dialects' answers go out. Asks tasks for everything; knows no queue and no drawing."""
