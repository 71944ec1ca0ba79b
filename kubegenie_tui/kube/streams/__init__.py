"""What flows between this computer and a pod: terminals, files and connections, each over a websocket."""
