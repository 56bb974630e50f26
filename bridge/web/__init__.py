"""The web address: HTTP for browsers, monitors and programs. One file imports the server's library
for each purpose; nothing here is imported before it is needed."""
