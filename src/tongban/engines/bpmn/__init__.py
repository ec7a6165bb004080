"""BPMN 2.0 compiled to tables, and the token rules that run them.

Owns: reading a process safely, refusing what cannot be run (naming the element), proving that it always ends,
and what happens to tokens when it starts and when a step completes.
Does not own: who does a step, what a step means, where tokens are kept (cases).
Invariants: nothing is silently ignored; a compiled definition has exactly one start, every step is reachable and
leads to an end, every join can be met; the rules are pure.
"""

from tongban.engines.bpmn.compiler import compile_process, inspect_processes
from tongban.engines.bpmn.conditions import Condition, ConditionRefused
from tongban.engines.bpmn.model import Definition, Flow, Node, NodeKind
from tongban.engines.bpmn.reading import TONGBAN_NAMESPACE
from tongban.engines.bpmn.refusals import ProcessRefused, Refusal
from tongban.engines.bpmn.tokens import Moves, NotHere, State, Token, complete, start

__all__ = [
    "TONGBAN_NAMESPACE",
    "Condition",
    "ConditionRefused",
    "Definition",
    "Flow",
    "Moves",
    "Node",
    "NodeKind",
    "NotHere",
    "ProcessRefused",
    "Refusal",
    "State",
    "Token",
    "compile_process",
    "complete",
    "inspect_processes",
    "start",
]
