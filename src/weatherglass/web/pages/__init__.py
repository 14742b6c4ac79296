"""The pages that people work with: HTML made here, a little htmx, and charts drawn in the browser."""
