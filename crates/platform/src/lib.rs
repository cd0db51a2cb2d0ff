//! The application: `base` is what every area needs, the areas are what it is about, `app` puts them together.
