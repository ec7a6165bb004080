"""市医疗保障局: numbered transactions over HTTP and JSON, an envelope of its own, HTTP 200 for everything."""
