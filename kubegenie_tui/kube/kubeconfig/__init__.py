"""The person's kubeconfig files, read and merged as kubectl does."""
