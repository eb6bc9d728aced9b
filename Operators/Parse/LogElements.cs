using AkkaPrivacy.Engine.Schemas;

namespace AkkaPrivacy.Operators.Parse;

/// <summary>The elements of a web server's log line, and the fields that read each.</summary>
internal sealed class LogElements
{
    /// <summary>The names of all elements, for messages.</summary>
    public const string Names = "client, ident, user, time, request, method, path, query, protocol, status, bytes, referrer, user-agent";

    private static readonly string[] AllNames = Names.Split(", ");
    private readonly Dictionary<string, FieldTarget> _first = [];

    /// <summary>The elements of a data map; fields that read one element are chained.</summary>
    /// <param name="targets">The fields.</param>
    public LogElements(IEnumerable<FieldTarget> targets)
    {
        foreach (var group in targets.GroupBy(target => target.SourceName))
        {
            var chain = group.ToArray();
            for (var i = 0; i + 1 < chain.Length; i++)
            {
                chain[i].Next = chain[i + 1];
            }

            _first.Add(group.Key, chain[0]);
        }

        Client = Find("client");
        Ident = Find("ident");
        User = Find("user");
        Time = Find("time");
        Request = Find("request");
        Method = Find("method");
        Path = Find("path");
        Query = Find("query");
        Protocol = Find("protocol");
        Status = Find("status");
        Bytes = Find("bytes");
        Referrer = Find("referrer");
        UserAgent = Find("user-agent");
    }

    public FieldTarget? Client { get; }

    public FieldTarget? Ident { get; }

    public FieldTarget? User { get; }

    public FieldTarget? Time { get; }

    public FieldTarget? Request { get; }

    public FieldTarget? Method { get; }

    public FieldTarget? Path { get; }

    public FieldTarget? Query { get; }

    public FieldTarget? Protocol { get; }

    public FieldTarget? Status { get; }

    public FieldTarget? Bytes { get; }

    public FieldTarget? Referrer { get; }

    public FieldTarget? UserAgent { get; }

    /// <summary>Whether any part of the request line is read.</summary>
    public bool ReadsRequestParts =>
        Method is not null || Path is not null || Query is not null || Protocol is not null;

    /// <summary>Elements that a line in the common format writes and no field reads.</summary>
    public int UnmappedCommon => Absent(Client, Ident, User, Time, Status, Bytes) + (Request is null && !ReadsRequestParts ? 1 : 0);

    /// <summary>As <see cref="UnmappedCommon"/>, of the two that the combined format adds.</summary>
    public int UnmappedCombined => Absent(Referrer, UserAgent);

    /// <summary>What is wrong with a field, or null.</summary>
    /// <param name="field">The field.</param>
    /// <returns>The message.</returns>
    public static string? Mistake(FieldDefinition field)
    {
        if (!AllNames.Contains(field.SourceName))
        {
            return $"there is no element '{field.SourceName}' in a log line; the elements are {Names}";
        }

        return (field.Type, field.SourceName) switch
        {
            (FieldType.Time, not "time") => "only the element 'time' is of type time",
            (FieldType.Integer or FieldType.Decimal, "time") => "the element 'time' is of type time or text",
            _ => null,
        };
    }

    private static int Absent(params ReadOnlySpan<FieldTarget?> elements)
    {
        var count = 0;
        foreach (var element in elements)
        {
            count += element is null ? 1 : 0;
        }

        return count;
    }

    private FieldTarget? Find(string name) => _first.GetValueOrDefault(name);
}
