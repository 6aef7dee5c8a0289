# The app in a container, for docker and podman alike. Serving only, unless asked otherwise:
#   docker build -t pe-workbench .
#   docker run --rm --read-only --tmpfs /tmp -p 8501:8501 pe-workbench
# With training: README, "Deployment".
ARG PYTHON=3.12

FROM python:${PYTHON}-slim AS libraries
ARG REQUIREMENTS=requirements-serving.txt
# address of an index that has torch's CPU build; without it torch brings several gigabytes of CUDA libraries on Linux
ARG TORCH_INDEX=""
WORKDIR /build
COPY requirements.txt requirements-serving.txt ./
RUN python -m venv /opt/venv \
 && if [ -n "$TORCH_INDEX" ]; then /opt/venv/bin/pip install --no-cache-dir --index-url "$TORCH_INDEX" "$(grep '^torch==' requirements.txt)"; fi \
 && /opt/venv/bin/pip install --no-cache-dir -r "$REQUIREMENTS"

FROM python:${PYTHON}-slim
COPY --from=libraries /opt/venv /opt/venv
WORKDIR /app
COPY LICENSE streamlit_app.py ./
COPY .streamlit .streamlit
COPY core core
COPY pages pages
COPY artifacts artifacts
# bytecode now, since nothing can be written later; the files belong to root and the app does not run as root
RUN /opt/venv/bin/python -m compileall -q core pages streamlit_app.py && useradd --uid 10001 --no-create-home app
USER app
ENV PATH=/opt/venv/bin:$PATH \
    HOME=/tmp \
    PYTHONUNBUFFERED=1 \
    STREAMLIT_SERVER_HEADLESS=true \
    STREAMLIT_SERVER_ADDRESS=0.0.0.0 \
    STREAMLIT_SERVER_FILE_WATCHER_TYPE=none
EXPOSE 8501
HEALTHCHECK --interval=30s --timeout=5s --start-period=30s \
    CMD ["python", "-c", "import urllib.request; urllib.request.urlopen('http://127.0.0.1:8501/_stcore/health', timeout=4)"]
CMD ["streamlit", "run", "streamlit_app.py"]
