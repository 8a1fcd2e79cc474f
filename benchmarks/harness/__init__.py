"""What the scripts share: processes to measure, readers that take the time, and figures."""
