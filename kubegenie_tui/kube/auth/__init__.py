"""Who we are to an API server: tokens, passwords, certificates, exec plugins and OpenID Connect."""
