"""市民政局: SOAP-like XML over HTTP, declared and written in GBK, dates in Chinese, faults with HTTP 500."""
