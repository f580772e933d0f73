import java.util.*;
import java.util.stream.*;
import org.apache.kafka.clients.consumer.*;
import org.apache.kafka.clients.consumer.ConsumerPartitionAssignor.*;
import org.apache.kafka.clients.consumer.internals.AbstractStickyAssignor;
import org.apache.kafka.common.*;

/**
 * What Kafka's assignors make of groups: Assignors SEED COUNT prints COUNT random cases, one a line; Assignors
 * FILE the cases of a file anew, with its comments.
 *
 * STRATEGY TAB TOPICS TAB MEMBER... TAB => TAB RESULT...; TOPICS is NAME=PARTITIONS,... and a MEMBER
 * ID;INSTANCE;GENERATION;TOPIC,...;TOPIC-N,... (what it owns). A RESULT is ID=TOPIC-N,...
 */
public class Assignors {
    /** The target of CooperativeStickyAssignor, before it withholds what must be revoked first. */
    static class Target extends AbstractStickyAssignor {
        public String name() { return "target"; }
        protected MemberData memberData(Subscription s) { return new MemberData(s.ownedPartitions(), s.generationId()); }
    }

    static final Node NODE = new Node(0, "localhost", 9092);
    final Random random;
    final String strategy;
    final TreeMap<String, Integer> counts = new TreeMap<>();
    // In the order in which they are put into Kafka's map.
    final TreeMap<String, Subscription> members = new TreeMap<>();

    Assignors(Random random) {
        this.random = random;
        strategy = List.of("range", "roundrobin", "cooperative-sticky", "cooperative-sticky", "cooperative-sticky").get(random.nextInt(5));
        int topics = 1 + random.nextInt(random.nextInt(4) == 0 ? 12 : 4);
        int most = random.nextInt(10) == 0 ? 60 : 8;
        for (int t = 0; t < topics; t++)
            counts.put((random.nextBoolean() ? "t" : "orders.") + random.nextInt(100), random.nextInt(most + 1));
        group();
    }

    Assignors(String line) {
        random = null;
        String[] fields = line.substring(0, line.indexOf("\t=>")).split("\t");
        strategy = fields[0];
        for (String topic : items(fields[1])) counts.put(topic.split("=")[0], Integer.valueOf(topic.split("=")[1]));
        for (int m = 2; m < fields.length; m++) {
            String[] member = fields[m].split(";", -1);
            List<TopicPartition> owned = items(member[4]).stream().map(tp -> new TopicPartition(
                tp.substring(0, tp.lastIndexOf('-')), Integer.parseInt(tp.substring(tp.lastIndexOf('-') + 1)))).collect(Collectors.toList());
            Subscription s = new Subscription(items(member[3]), null, owned,
                member[2].isEmpty() ? -1 : Integer.parseInt(member[2]), Optional.empty());
            if (!member[1].isEmpty()) s.setGroupInstanceId(Optional.of(member[1]));
            members.put(member[0], s);
        }
    }

    static List<String> items(String list) {
        return Stream.of(list.split(",")).filter(item -> !item.isEmpty()).collect(Collectors.toList());
    }

    <T> List<T> some(Collection<T> from) {
        int of = 1 + random.nextInt(4);
        return from.stream().filter(x -> random.nextInt(4) < of).collect(Collectors.toList());
    }

    void group() {
        boolean equal = random.nextBoolean(), sticky = strategy.equals("cooperative-sticky");
        List<String> names = new ArrayList<>(counts.keySet());
        if (random.nextInt(5) == 0) names.add("gone");
        List<String> common = some(names);
        if (common.isEmpty()) common = names;
        int size = 1 + random.nextInt(random.nextInt(6) == 0 ? 40 : 6);
        List<String> ids = new ArrayList<>();
        for (int m = 0; m < size; m++)
            ids.add(random.nextBoolean() ? "c" + random.nextInt(1000) : (random.nextBoolean() ? "ü𝄞-" : "üﬀ-") + new UUID(random.nextLong(), random.nextLong()));
        // Mostly what a group was assigned before; else anything, claimed by several and at times not subscribed to.
        List<TopicPartition> all = new ArrayList<>();
        counts.forEach((t, n) -> { for (int p = 0; p < n; p++) all.add(new TopicPartition(t, p)); });
        int kind = random.nextInt(4), generations = random.nextInt(3), fields = random.nextInt(4);
        Map<TopicPartition, String> owners = new HashMap<>();
        List<String> earlier = some(ids);
        for (TopicPartition tp : all)
            if (!earlier.isEmpty() && random.nextInt(10) > 0) owners.put(tp, earlier.get(random.nextInt(earlier.size())));
        int[] each = ids.stream().mapToInt(id -> generations == 0 ? -1 : generations == 1 ? 5 : random.nextInt(4) - 1).toArray();
        int present = Arrays.stream(each).max().getAsInt();
        for (int m = 0; m < size; m++) {
            String id = ids.get(m);
            List<String> topics = equal ? common : some(names);
            // Kafka may give a member what others subscribe to if it has no topics itself.
            if (topics.isEmpty() && (sticky || equal)) topics = List.of(names.get(random.nextInt(names.size())));
            List<TopicPartition> owned = new ArrayList<>();
            for (TopicPartition tp : all) {
                boolean mine = kind == 0 ? false : kind == 3 ? random.nextInt(4) == 0 : id.equals(owners.get(tp));
                // Kafka may give a partition back to an earlier owner that no longer subscribes to it.
                boolean wantsAll = kind == 1 || each[m] < present;
                if (mine && (!wantsAll || topics.contains(tp.topic()))) owned.add(tp);
            }
            Subscription s = new Subscription(topics, null, owned, each[m], Optional.empty());
            if (fields == 0 && random.nextBoolean()) s.setGroupInstanceId(Optional.of("i" + random.nextInt(1 << 30)));
            members.put(id, s);
        }
    }

    static String join(Stream<?> items) { return items.map(String::valueOf).collect(Collectors.joining(",")); }

    static Map<String, List<TopicPartition>> assign(ConsumerPartitionAssignor assignor, Cluster cluster, Map<String, Subscription> members) {
        Map<String, List<TopicPartition>> lists = new HashMap<>();
        assignor.assign(cluster, new GroupSubscription(members)).groupAssignment()
            .forEach((id, assignment) -> lists.put(id, assignment.partitions()));
        return lists;
    }

    String result() {
        List<PartitionInfo> infos = new ArrayList<>();
        counts.forEach((t, n) -> { for (int p = 0; p < n; p++) infos.add(new PartitionInfo(t, p, NODE, new Node[]{NODE}, new Node[]{NODE})); });
        Cluster cluster = new Cluster("c", List.of(NODE), infos, Set.of(), Set.of());
        Map<String, Subscription> map = new HashMap<>();
        members.forEach(map::put);
        Map<String, List<TopicPartition>> lists;
        switch (strategy) {
            case "range": lists = assign(new RangeAssignor(), cluster, map); break;
            case "roundrobin": lists = assign(new RoundRobinAssignor(), cluster, map); break;
            default:
                lists = assign(new Target(), cluster, map);
                // It must be that of Kafka's class, but for what that withholds.
                assign(new CooperativeStickyAssignor(), cluster, map).forEach((id, list) -> {
                    Set<TopicPartition> withheld = new HashSet<>(lists.get(id));
                    if (!withheld.containsAll(list)) throw new AssertionError("not the target of CooperativeStickyAssignor");
                    withheld.removeAll(list);
                    withheld.removeIf(tp -> members.values().stream().anyMatch(s -> s.ownedPartitions().contains(tp)));
                    if (!withheld.isEmpty()) throw new AssertionError("withheld though nobody owns it: " + withheld);
                });
        }
        Comparator<TopicPartition> order = Comparator.comparing(TopicPartition::topic).thenComparing(TopicPartition::partition);
        return members.keySet().stream().map(id -> "\t" + id + "=" + join(lists.get(id).stream().sorted(order)))
            .collect(Collectors.joining());
    }

    public String toString() {
        StringBuilder line = new StringBuilder(strategy);
        line.append('\t').append(join(counts.entrySet().stream()));
        members.forEach((id, s) -> line.append('\t').append(String.join(";", id, s.groupInstanceId().orElse(""),
            s.generationId().map(String::valueOf).orElse(""), join(s.topics().stream()), join(s.ownedPartitions().stream()))));
        return line + "\t=>" + result();
    }

    public static void main(String[] args) throws java.io.IOException {
        java.io.PrintStream out = new java.io.PrintStream(System.out, false, java.nio.charset.StandardCharsets.UTF_8);
        if (args.length == 1) {
            for (String line : java.nio.file.Files.readAllLines(java.nio.file.Path.of(args[0])))
                out.println(line.startsWith("#") ? line : new Assignors(line));
        } else {
            Random random = new Random(Long.parseLong(args[0]));
            for (int n = 0; n < Integer.parseInt(args[1]); n++) out.println(new Assignors(random));
        }
        out.flush();
    }
}
