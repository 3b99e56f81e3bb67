# The stability of k-means segments by R's fpc: Rscript benchmarks/clusterboot.R MATRIX RESAMPLES
suppressMessages(library(fpc))
arguments <- commandArgs(trailingOnly = TRUE)
segments <- as.integer(sub("#", "", readLines(arguments[1], n = 1)))
matrix <- as.matrix(read.csv(arguments[1], header = FALSE, comment.char = "#"))
start <- proc.time()[["elapsed"]]
found <- clusterboot(matrix, B = as.integer(arguments[2]), bootmethod = "boot", clustermethod = kmeansCBI,
                     krange = segments, runs = 10, seed = 1, count = FALSE)
seconds <- proc.time()[["elapsed"]] - start
jaccard <- paste(sort(round(found$bootmean, 4)), collapse = ", ")
cat(sprintf('{"seconds": %.3f, "jaccard": [%s]}\n', seconds, jaccard))
