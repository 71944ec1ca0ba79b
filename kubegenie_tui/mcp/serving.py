"""Our tools over the protocol: on standard input and output, or on a port of this computer."""

from typing import TYPE_CHECKING, Any

from kubegenie_tui import __version__
from kubegenie_tui.mcp.offer import Offer, Tools

if TYPE_CHECKING:
    import mcp_types as types
    from mcp.server.context import ServerRequestContext
    from mcp.server.lowlevel import Server

_LONGEST_NAME = 60


def server_of(tools: Tools) -> "Server[Any]":
    """A server that offers the tools; the library has to be there."""
    import mcp_types as types
    from mcp.server.lowlevel import Server

    async def list_tools(_: object, __: object) -> types.ListToolsResult:
        return types.ListToolsResult(tools=[_tool(offer) for offer in await tools.offers()])

    async def call_tool(
        context: "ServerRequestContext[Any]", params: types.CallToolRequestParams
    ) -> types.CallToolResult:
        said = await tools.call(params.name, params.arguments or {}, _client(context))
        content = types.TextContent(type="text", text=said.text)
        return types.CallToolResult(content=[content], is_error=not said.ok)

    return Server(
        "kubegenie",
        version=__version__,
        instructions=tools.instructions,
        on_list_tools=list_tools,
        on_call_tool=call_tool,
    )


async def serve_stdio(tools: Tools) -> None:
    """Serve one client on standard input and output until it closes them."""
    from mcp.server.stdio import stdio_server

    server = server_of(tools)
    async with stdio_server() as (reading, writing):
        await server.run(reading, writing, server.create_initialization_options())


def _tool(offer: Offer) -> "types.Tool":
    import mcp_types as types

    marks = types.ToolAnnotations(
        read_only_hint=offer.reads, destructive_hint=False, idempotent_hint=offer.reads, open_world_hint=False
    )
    return types.Tool(name=offer.name, description=offer.description, input_schema=offer.parameters, annotations=marks)


def _client(context: "ServerRequestContext[Any]") -> str:
    known = context.session.client_params
    return known.client_info.name[:_LONGEST_NAME] if known is not None else ""
