"""What people see: pure figures in `charts`, pieces of Streamlit shared by pages in `components`."""
