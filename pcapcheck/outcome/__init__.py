"""Decides how every conversation ended: answered, unanswered, refused, reset, stalled or one-way.

Takes a network whose packets were followed, gives a row a flow. It knows no rules and no causes.
"""
