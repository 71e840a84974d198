"""What performance claims are measured with: peers and physical limits in the same run, figures as ratios."""
