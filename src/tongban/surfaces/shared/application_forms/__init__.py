"""An application form as surfaces show and take it: the same post, the same files, the same problems everywhere."""
