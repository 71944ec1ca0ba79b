"""Where clusters come from. Providers are plugins: ours come through the same door as everybody else's.

A plugin is an entry point with a manifest, a file beside its code that can be read without running any of it.
"""
