"""市住房公积金管理中心: no service at all, but two files a night in GB18030."""
