from . import ir_demo
