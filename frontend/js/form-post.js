/* form-post.js: sends the answer to the site that asked for it. Without it the visitor presses the button. */
document.querySelector('form').submit();
