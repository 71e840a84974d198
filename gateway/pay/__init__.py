"""The debtor's pay page: what is due, how to pay it, and how to object, promise, complain or ask for peace."""
