if config["simulate"]:

    rule simulate_demo:
        input:
            motif=workflow.source_path("../../resources/demo_motif.json"),
        output:
            genome=source("genome.fa"),
            rep1=source("rep1.bam"),
            rep1_index=source("rep1.bam.bai"),
            rep2=source("rep2.bam"),
            rep2_index=source("rep2.bam.bai"),
            signal=source("signal.bw"),
            peaks=source("peaks.narrowPeak"),
            genes=source("genes.gff3"),
            exclusion=source("exclusion.bed"),
            variants=source("variants.vcf"),
            truth_sites=source("truth_sites.tsv"),
            truth_variants=source("truth_variants.tsv"),
        log:
            f"{OUT}/logs/simulate_demo.log",
        benchmark:
            f"{OUT}/benchmarks/simulate_demo.tsv"
        conda:
            "../../envs/data.yaml"
        threads: 1
        resources:
            mem_mb=2000,
            runtime=10,
        params:
            code=code_of("simulate_demo.py"),
            settings=config["simulate"],
        script:
            "../../scripts/simulate_demo.py"
