"""The daemon as a service that the operating system starts at logon and looks after."""
