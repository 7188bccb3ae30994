"""What people read of closings: problems, reasons, findings, amounts, history."""
