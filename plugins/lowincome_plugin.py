"""Makes the package known to Airflow's plugin list. Pages for caseworkers, auditors and engineers register here."""

from airflow.plugins_manager import AirflowPlugin


class LowincomePlugin(AirflowPlugin):
    """The plugin's name in Airflow's UI."""

    name = "lowincome"
