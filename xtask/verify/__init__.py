"""Checks of a deployed stack: each does one thing that the local AWS also does, and compares what was seen.

The expected answers are constants beside the checks. A run against the local AWS must see exactly them, so what differs on
an account is a difference between it and the local AWS: https://docs.aws.amazon.com is quoted where it decides.
"""
