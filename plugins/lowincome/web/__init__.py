"""Pages for caseworkers, auditors and engineers, shown inside Airflow. They read the register and published days."""
