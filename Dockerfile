# Balise in a container: docs/deployment.md says how to build and start it.
ARG PYTHON=3.12

FROM python:${PYTHON}-slim-bookworm AS build
# Without it pip takes torch from PyPI, which on Linux brings CUDA: about 3 GB. The address of PyTorch's index of CPU
# builds makes it a fifth of that.
ARG TORCH_INDEX=""
ENV PIP_NO_CACHE_DIR=1 PIP_DISABLE_PIP_VERSION_CHECK=1
WORKDIR /build
RUN python -m venv /opt/balise
COPY requirements.txt ./
RUN /opt/balise/bin/pip install ${TORCH_INDEX:+--extra-index-url "${TORCH_INDEX}"} --requirement requirements.txt

FROM python:${PYTHON}-slim-bookworm
# what LightGBM and XGBoost compute with
# hadolint ignore=DL3008
RUN apt-get update \
    && apt-get install --yes --no-install-recommends libgomp1 \
    && rm -rf /var/lib/apt/lists/* \
    && useradd --uid 10001 --user-group --home-dir /srv/balise --create-home --shell /usr/sbin/nologin balise \
    && install --directory --owner=balise --group=balise /srv/balise/data /srv/balise/raw /srv/balise/runs
COPY --from=build /opt/balise /opt/balise
WORKDIR /app
COPY . .
# Written to: imported data, downloads, trainings with the models they make. Everything else is read only.
ENV PATH=/opt/balise/bin:$PATH \
    PYTHONUNBUFFERED=1 \
    PYTHONDONTWRITEBYTECODE=1 \
    BALISE_DATA=/srv/balise/data \
    BALISE_RAW=/srv/balise/raw \
    BALISE_RUNS=/srv/balise/runs
VOLUME ["/srv/balise/data", "/srv/balise/raw", "/srv/balise/runs"]
# by number, so that a host that allows only users other than root can tell
USER 10001
EXPOSE 8501
HEALTHCHECK --interval=30s --timeout=10s --start-period=60s \
    CMD ["python", "-c", "import urllib.request as u; u.urlopen('http://127.0.0.1:8501/api/ready', timeout=8)"]
# It refuses to start until people have to sign in, or BALISE_WITHOUT_SIGN_IN=1 says that they need not.
CMD ["python", "-m", "streamlit", "run", "ui/components/server.py", "--server.address=0.0.0.0", "--server.port=8501"]
