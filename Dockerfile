# The service in a container: see docs/serving.md.
FROM python:3.12-slim

WORKDIR /app
COPY requirements-uv.lock requirements.lock ./
RUN python -m venv /opt/quicktakes \
    && /opt/quicktakes/bin/pip install --quiet --disable-pip-version-check --require-hashes -r requirements-uv.lock \
    && /opt/quicktakes/bin/uv pip sync --quiet --python /opt/quicktakes/bin/python --require-hashes --compile-bytecode requirements.lock
COPY pyproject.toml README.md LICENSE ./
COPY rag rag
COPY api api
COPY evals evals
# The extras are what compose.yaml sets: PostgreSQL for the records, Redis for limits; and OpenTelemetry for traces.
RUN /opt/quicktakes/bin/uv pip install --quiet --python /opt/quicktakes/bin/python --no-build-isolation ".[postgres,redis,telemetry]" \
    && useradd --create-home quicktakes \
    && mkdir /index \
    && chown quicktakes /index

USER quicktakes
ENV PATH="/opt/quicktakes/bin:$PATH" QUICKTAKES_CORPUS_DIR=/corpus QUICKTAKES_DATA_DIR=/index
EXPOSE 8000
STOPSIGNAL SIGTERM
CMD ["quicktakes", "serve", "--host", "0.0.0.0", "--port", "8000"]
