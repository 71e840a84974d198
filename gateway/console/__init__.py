"""The console: server-rendered pages where the creditor's finance arm and treasury see and steer collections."""
