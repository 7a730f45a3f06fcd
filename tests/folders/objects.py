"""What Kubernetes says of a sample's cluster: its objects as JSON, as YAML, and as `kubectl get -o wide` prints them."""

import json

import yaml


def nodes(cluster):
    for name, each in cluster.topology["nodes"].items():
        addresses = [{"type": "InternalIP", "address": one} for one in each["addresses"]]
        yield {
            "apiVersion": "v1",
            "kind": "Node",
            "metadata": {"name": name},
            "spec": {"podCIDR": each["pod_cidr"], "podCIDRs": [each["pod_cidr"]]},
            "status": {"addresses": [*addresses, {"type": "Hostname", "address": name}]},
        }


def pods(cluster):
    for name, each in cluster.topology["pods"].items():
        namespace, _, short = name.partition("/")
        yield {
            "apiVersion": "v1",
            "kind": "Pod",
            "metadata": {"name": short, "namespace": namespace},
            "spec": {"nodeName": each["node"]},
            "status": {"phase": "Running", "podIP": each["address"], "podIPs": [{"ip": each["address"]}]},
        }


def services(cluster):
    for name, each in cluster.topology.get("services", {}).items():
        namespace, _, short = name.partition("/")
        ports = [{"port": one["port"], "protocol": one["protocol"].upper()} for one in each["ports"]]
        yield {
            "apiVersion": "v1",
            "kind": "Service",
            "metadata": {"name": short, "namespace": namespace},
            "spec": {"type": "ClusterIP", "clusterIP": each["address"], "ports": ports},
        }


def slices(cluster):
    for name, each in cluster.topology.get("services", {}).items():
        namespace, _, short = name.partition("/")
        yield {
            "apiVersion": "discovery.k8s.io/v1",
            "kind": "EndpointSlice",
            "metadata": {
                "name": f"{short}-x2x7q",
                "namespace": namespace,
                "labels": {"kubernetes.io/service-name": short},
            },
            "endpoints": [
                {"addresses": [one.rpartition(":")[0]], "conditions": {"ready": True}}
                for one in each["endpoints"]
            ],
            "ports": [{"port": int(each["endpoints"][0].rpartition(":")[2]), "protocol": "TCP"}],
        }


def listed(kind, items):
    """Return a list as the API server and `kubectl cluster-info dump` write it: items without kinds."""
    bare = [
        {key: value for key, value in each.items() if key not in ("kind", "apiVersion")} for each in items
    ]
    return {"kind": f"{kind}List", "apiVersion": "v1", "metadata": {"resourceVersion": ""}, "items": bare}


def as_json(kind, items):
    return json.dumps(listed(kind, items), indent=4)


def as_yaml(kind, items):
    return yaml.safe_dump(listed(kind, items))


def pods_table(cluster):
    """Return `kubectl get pods -A -o wide`."""
    lines = [
        "NAMESPACE   NAME    READY   STATUS    RESTARTS   AGE   IP            NODE    NOMINATED NODE   READINESS GATES"
    ]
    for each in pods(cluster):
        name, status = each["metadata"], each["status"]
        lines.append(
            f"{name['namespace']:<11} {name['name']:<7} 1/1     Running   2 (3h ago) 6h    {status['podIP']:<13} "
            f"{each['spec']['nodeName']:<7} <none>           <none>"
        )
    return "".join(f"{line}\n" for line in lines)


def services_table(cluster):
    """Return `kubectl get services -A -o wide`."""
    lines = ["NAMESPACE   NAME    TYPE        CLUSTER-IP    EXTERNAL-IP   PORT(S)   AGE   SELECTOR"]
    for each in services(cluster):
        spec, name = each["spec"], each["metadata"]
        ports = ",".join(f"{one['port']}/{one['protocol']}" for one in spec["ports"])
        lines.append(
            f"{name['namespace']:<11} {name['name']:<7} ClusterIP   {spec['clusterIP']:<13} <none>        {ports:<9} 6h    app=x"
        )
    return "".join(f"{line}\n" for line in lines)
