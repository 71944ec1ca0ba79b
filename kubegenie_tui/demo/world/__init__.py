"""What makes a simulated cluster live: controllers, scheduler, kubelets, and the programs that they run."""
