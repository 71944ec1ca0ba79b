"""Google Kubernetes Engine: clusters that are made, changed and reached without the gcloud program."""
