"""`stagent doctor`: what is wrong with this installation, and what to do about it. A module for each kind of question."""
