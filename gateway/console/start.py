"""The first page: what a person's role wants to see first. A treasurer sees money, everybody else sees cases."""

from __future__ import annotations

from fastapi import APIRouter
from fastapi.responses import HTMLResponse

from gateway.console import home, treasury_home
from gateway.console.pages import ConsoleRoute, Visiting

router = APIRouter(route_class=ConsoleRoute)


@router.get("")
def start(here: Visiting) -> HTMLResponse:
    """The home page of the role."""
    return treasury_home.home(here) if here.person.role == "treasury" else home.home(here)
