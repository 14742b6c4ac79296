"""The service: event intake, REST API and pages over HTTP."""
