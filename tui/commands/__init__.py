"""One module a group of commands, imported when it is called."""
