{#- What the helper executes: the model, and the table that it returns, of pandas or of Spark, written. -#}
{% macro py_write_table(compiled_code, target_relation) %}
{{ compiled_code }}

import pandas
import pyarrow

frame = model(dbtObj(spark.table), spark)
if isinstance(frame, pandas.DataFrame):
    frame = spark.createDataFrame(pyarrow.Table.from_pandas(frame, preserve_index=False))
frame.write.mode("overwrite").format("{{ config.get('file_format', 'parquet') }}").saveAsTable("{{ target_relation }}")
{% endmacro %}
