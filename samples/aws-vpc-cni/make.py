"""AWS VPC CNI, healthy: the network knows the addresses of the pods."""

from datapaths import aws
from profiles import DB, WEB
from sample import Sample, both_ways

SAMPLE = Sample("aws-vpc-cni", aws, both_ways(WEB, DB))
