from . import salon_proof_report
