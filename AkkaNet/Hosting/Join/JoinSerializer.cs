using System.Text;
using Akka.Actor;
using Akka.Serialization;

namespace AkkaPrivacy.AkkaNet.Hosting.Join;

/// <summary>Writes the messages of a join: length-prefixed UTF-8 texts. Nodes of different versions talk in it, so it does
/// not change.</summary>
/// <param name="system">The actor system.</param>
public sealed class JoinSerializer(ExtendedActorSystem system) : SerializerWithStringManifest(system)
{
    /// <inheritdoc />
    public override int Identifier => 77_102;

    /// <inheritdoc />
    public override string Manifest(object o) => o switch
    {
        JoinRequest => "Q",
        JoinReply => "A",
        _ => throw new ArgumentException($"{o.GetType().Name} is not a message of a join.", nameof(o)),
    };

    /// <inheritdoc />
    public override byte[] ToBinary(object obj)
    {
        using var bytes = new MemoryStream();
        using var writer = new BinaryWriter(bytes, Encoding.UTF8);
        if (obj is JoinRequest request)
        {
            writer.Write(request.Version);
            writer.Write(request.Hash);
            writer.Write(request.Name);
        }
        else if (obj is JoinReply reply)
        {
            writer.Write(reply.Refusal is not null);
            writer.Write(reply.Refusal ?? string.Empty);
        }

        writer.Flush();
        return bytes.ToArray();
    }

    /// <inheritdoc />
    public override object FromBinary(byte[] bytes, string manifest)
    {
        using var reader = new BinaryReader(new MemoryStream(bytes, writable: false), Encoding.UTF8);
        if (manifest == "Q")
        {
            return new JoinRequest(reader.ReadString(), reader.ReadString(), reader.ReadString());
        }

        var refused = manifest == "A" ? reader.ReadBoolean() : throw new ArgumentException("Unknown kind of a join's message.", nameof(manifest));
        var refusal = reader.ReadString();
        return new JoinReply(refused ? refusal : null);
    }
}
