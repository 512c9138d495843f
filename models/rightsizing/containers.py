"""Container tasks without machines of their own (ECS on Fargate): the cheapest size sold that holds what they need.

Sizes are sold in pairs of processors and memory. CPU must fit at P99.5 of one-minute maxima, memory at its highest
sample: a task without CPU is slow, one without memory is killed.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from models.rightsizing.advice import Advice
from models.rightsizing.demand import BUSY_PERCENT, Distribution
from models.rightsizing.facts import Floats

__all__ = ["TASK_SIZES", "Task", "TaskPrices", "TaskSize", "decide_task", "task_idle"]

_LEAST_HOURS = 24.0  # AWS Compute Optimizer, requirements of ECS services
_IDLE_PERCENT = 1.0  # AWS Compute Optimizer, idle ECS services
_BUSY_SHARE = 0.05
_OOM_FACTOR, _OOM_GIB = 1.2, 1.0
_CENT = 0.005


@dataclass(frozen=True, slots=True, order=True)
class TaskSize:
    """Processors and memory (GiB) of one task."""

    vcpu: float
    memory_gib: float


# Pairs that can be ordered, from the documentation of task definitions on Fargate, read 2026-11.
TASK_SIZES: tuple[TaskSize, ...] = tuple(
    TaskSize(vcpu, float(memory))
    for vcpu, memories in (
        (0.25, (0.5, 1, 2)),
        (0.5, range(1, 5)),
        (1.0, range(2, 9)),
        (2.0, range(4, 17)),
        (4.0, range(8, 31)),
        (8.0, range(16, 61, 4)),
        (16.0, range(32, 121, 8)),
    )
    for memory in memories
)


@dataclass(frozen=True, slots=True, eq=False)
class Task:
    """Tasks of one service.

    Attributes:
        service_id: as on the bill.
        size: of one task.
        hours: task-hours a month.
        cpu, memory: percent of the size, 0-100, of all tasks together in order of time; NaN where there is no sample;
            None: not measured.
        step_minutes: length of a sample.
        maxima: samples are the highest of their step.
        step_scaling: the number of tasks follows steps.
        follows: ``cpu`` and ``memory`` where the number of tasks follows them (target tracking).
        out_of_memory: a task was ended for lack of memory in the window.
    """

    service_id: str
    size: TaskSize
    hours: float
    cpu: Floats | None
    memory: Floats | None
    step_minutes: float = 1.0
    maxima: bool = True
    step_scaling: bool = False
    follows: frozenset[str] = frozenset()
    out_of_memory: bool = False


@dataclass(frozen=True, slots=True)
class TaskPrices:
    """Price of a vCPU-hour and of a GiB-hour, in one currency."""

    vcpu_hour: float
    gib_hour: float

    def of(self, size: TaskSize) -> float:
        """Price of one task-hour."""
        return size.vcpu * self.vcpu_hour + size.memory_gib * self.gib_hour


def task_idle(cpu: Floats, memory: Floats) -> bool | None:
    """CPU and memory always below 1 %; None: cannot be told."""
    if np.isnan(cpu).all() or np.isnan(memory).all():
        return None
    return float(np.nanmax(cpu)) < _IDLE_PERCENT and float(np.nanmax(memory)) < _IDLE_PERCENT


def decide_task(task: Task, prices: TaskPrices | None) -> Advice[TaskSize]:
    """The cheapest size that holds what the tasks need; of several as cheap, the one with more memory."""
    if task.step_scaling:
        return Advice("not_applicable", "the number of tasks follows steps: review the scaling policy")
    if {"cpu", "memory"} <= task.follows:
        return Advice("not_applicable", "the number of tasks follows CPU and memory: review the scaling policy")
    cpu = None if task.cpu is None else Distribution.of(task.cpu)
    hours = 0.0 if cpu is None else cpu.samples * task.step_minutes / 60.0
    if cpu is None or hours < _LEAST_HOURS:
        return Advice("cannot_tell", f"{hours:.0f} h < {_LEAST_HOURS:.0f} h of CPU samples")
    memory = None if task.memory is None else Distribution.of(task.memory)
    notes: list[str] = []
    vcpu, cpu_short = _cpu(task, cpu, notes)
    gib, memory_short = _memory(task, memory, notes)
    fitting = [each for each in TASK_SIZES if each.vcpu >= vcpu - 1e-9 and each.memory_gib >= gib - 1e-9]
    if cpu_short:
        fitting = [each for each in fitting if each.vcpu > task.size.vcpu]
    if not fitting:
        return Advice("keep", "no size that is sold has more", notes=tuple(notes))
    if prices is None:
        smallest = min(fitting)
        if cpu_short or memory_short:
            return Advice("grow", "it is too small; prices are missing", smallest, None, tuple(notes))
        if smallest.vcpu > task.size.vcpu or smallest.memory_gib >= task.size.memory_gib:
            return Advice("keep", "no smaller size would do", notes=tuple(notes))
        return Advice(
            "price_missing", "a smaller size would do; what it saves needs prices", smallest, None, tuple(notes)
        )
    target = min(fitting, key=lambda each: (prices.of(each), -each.memory_gib))
    saving = (prices.of(task.size) - prices.of(target)) * task.hours
    if cpu_short or memory_short:
        lacking = " and ".join(name for name, short in (("CPU", cpu_short), ("memory", memory_short)) if short)
        return Advice("grow", f"too little {lacking}", target, saving, tuple(notes))
    if saving <= _CENT:
        return Advice("keep", "no cheaper size would do", notes=tuple(notes))
    return Advice("change", "a cheaper size would do", target, saving, tuple(notes))


def _cpu(task: Task, cpu: Distribution, notes: list[str]) -> tuple[float, bool]:
    """Processors needed, and whether there are too few now."""
    short = cpu.share_from(BUSY_PERCENT) >= _BUSY_SHARE
    if "cpu" in task.follows:
        notes.append("the number of tasks follows CPU: processors stay as they are")
        return task.size.vcpu, False
    coarse = task.step_minutes > 1.0 or not task.maxima
    if coarse:
        notes.append("samples are longer than a minute, or means: the highest counts")
    wanted = cpu.highest if coarse else cpu.percentile(99.5)
    if wanted >= BUSY_PERCENT:
        return task.size.vcpu, short
    return wanted / 100.0 * task.size.vcpu, short


def _memory(task: Task, memory: Distribution | None, notes: list[str]) -> tuple[float, bool]:
    """GiB needed, and whether there are too few now."""
    size = task.size.memory_gib
    if "memory" in task.follows:
        notes.append("the number of tasks follows memory: it stays as it is")
        return size, False
    if memory is None:
        notes.append("memory is not measured: no size with less is offered")
        return size, False
    gib = memory.highest / 100.0 * size
    if task.out_of_memory:
        return max(gib * _OOM_FACTOR, gib + _OOM_GIB, size * 1.000001), True
    if memory.highest >= BUSY_PERCENT:
        return size, False
    return gib, False
