"""AWS VPC CNI, healthy: nodes have two interfaces, and each pod leaves by the one that has its address."""

from datapaths import aws_two_interfaces
from profiles import DB, WEB
from sample import Sample, both_ways

SAMPLE = Sample("aws-vpc-cni", aws_two_interfaces, both_ways(WEB, DB))
