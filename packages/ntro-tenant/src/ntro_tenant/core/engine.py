"""Connections to Temporal: one that encrypts, for runs; one that is plain, for commands from Workspace."""

import dataclasses

import asyncpg
from temporalio.client import Client
from temporalio.contrib.pydantic import pydantic_data_converter
from temporalio.converter import DataConverter, DefaultFailureConverterWithEncodedAttributes

from ntro.workflow import converter
from ntro_tenant.core.codec import CellCodec, KeyRing
from ntro_tenant.core.payload_store import PostgresPayloadStore
from ntro_tenant.settings import CellSettings


def run_data_converter(settings: CellSettings, pool: asyncpg.Pool) -> DataConverter:
    """The converter of runs: pydantic's JSON, encrypted, the words of failures included."""
    return dataclasses.replace(
        converter.run_data_converter,
        payload_codec=CellCodec(KeyRing.of(settings), PostgresPayloadStore(pool)),
        failure_converter_class=DefaultFailureConverterWithEncodedAttributes,
    )


async def connect(settings: CellSettings, pool: asyncpg.Pool) -> Client:
    """A client for runs in the tenant's namespace; payloads above 64 KB are kept through `pool`.

    Raises:
        RuntimeError: Temporal does not answer at `settings.temporal_address`.
    """
    return await Client.connect(
        settings.temporal_address,
        namespace=settings.temporal_namespace,
        data_converter=run_data_converter(settings, pool),
    )


async def connect_ops(settings: CellSettings) -> Client:
    """A client for the commands on the ops queue, whose payloads are metadata and travel unencrypted.

    Raises:
        RuntimeError: Temporal does not answer at `settings.temporal_address`.
    """
    return await Client.connect(
        settings.temporal_address, namespace=settings.temporal_namespace, data_converter=pydantic_data_converter
    )
