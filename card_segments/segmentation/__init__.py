"""The segmentation engine: choose, measure and describe customer segments on arrays and frames.

It knows no dbt and no SQL. A fit returns parameters; SQL scores every customer with them.

>>> import numpy as np, pandas as pd
>>> generator = np.random.default_rng(1)
>>> centres = np.repeat([[0.0, 0.0], [4.0, 4.0], [8.0, 0.0]], 40, axis=0)
>>> frame = pd.DataFrame(centres + generator.normal(size=(120, 2)), columns=["spend", "visits"])
>>> specification = Specification.from_mapping(
...     "example",
...     {
...         "key": "customer_id",
...         "features": ["spend", "visits"],
...         "segments": {"minimum": 3, "maximum": 3},
...     },
... )
>>> result = fit(frame.assign(customer_id=range(120)), specification)
>>> result.status, result.verdict, result.chosen.measures.sizes
('fitted', 'natural', (41, 39, 40))
"""

from card_segments.segmentation.candidates import Candidate, Judgement, Measures
from card_segments.segmentation.clustering import assign
from card_segments.segmentation.fitting import FitResult, fit
from card_segments.segmentation.preparation import FeaturePreparation, FeaturesError, Preparation
from card_segments.segmentation.separation import Separation
from card_segments.segmentation.specification import (
    Baseline,
    Feature,
    Specification,
    SpecificationError,
)

__all__ = [
    "Baseline",
    "Candidate",
    "Feature",
    "FeaturePreparation",
    "FeaturesError",
    "FitResult",
    "Judgement",
    "Measures",
    "Preparation",
    "Separation",
    "Specification",
    "SpecificationError",
    "assign",
    "fit",
]
