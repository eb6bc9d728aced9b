using System.Text;
using Akka.Actor;
using Akka.Serialization;

namespace AkkaPrivacy.AkkaNet.Singleton;

/// <summary>Writes machines' messages, events and states: machine, version, then JSON.</summary>
/// <remarks>Layout, little endian: length-prefixed UTF-8 machine name, version as int32, for replies a byte and a
/// length-prefixed rejection before it, then JSON to the end. Manifests are one letter each; both are part of the stored
/// format and do not change.</remarks>
/// <param name="system">The actor system.</param>
public sealed class MachineSerializer(ExtendedActorSystem system) : SerializerWithStringManifest(system)
{
    /// <inheritdoc />
    public override int Identifier => 77_101;

    /// <inheritdoc />
    public override string Manifest(object o) => o switch
    {
        MachineCommand => "C",
        MachineEvent => "E",
        MachineSnapshot => "S",
        MachineReply => "R",
        MachineHandOver => "H",
        _ => throw new ArgumentException($"{o.GetType().Name} is not a machine's message.", nameof(o)),
    };

    /// <inheritdoc />
    public override byte[] ToBinary(object obj)
    {
        using var bytes = new MemoryStream();
        using var writer = new BinaryWriter(bytes, Encoding.UTF8);
        switch (obj)
        {
            case MachineCommand command:
                Write(writer, command.Machine, command.Version, command.Json);
                break;
            case MachineEvent happened:
                Write(writer, happened.Machine, happened.Version, happened.Json);
                break;
            case MachineSnapshot state:
                Write(writer, state.Machine, state.Version, state.Json);
                break;
            case MachineReply reply:
                writer.Write(reply.Rejection is not null);
                writer.Write(reply.Rejection ?? string.Empty);
                Write(writer, reply.State.Machine, reply.State.Version, reply.State.Json);
                break;
        }

        writer.Flush();
        return bytes.ToArray();
    }

    /// <inheritdoc />
    public override object FromBinary(byte[] bytes, string manifest)
    {
        using var reader = new BinaryReader(new MemoryStream(bytes, writable: false), Encoding.UTF8);
        return manifest switch
        {
            "C" => new MachineCommand(reader.ReadString(), reader.ReadInt32(), Rest(reader)),
            "E" => new MachineEvent(reader.ReadString(), reader.ReadInt32(), Rest(reader)),
            "S" => new MachineSnapshot(reader.ReadString(), reader.ReadInt32(), Rest(reader)),
            "R" => Reply(reader),
            "H" => MachineHandOver.Instance,
            _ => throw new ArgumentException("Unknown kind of a machine's message.", nameof(manifest)),
        };
    }

    private static MachineReply Reply(BinaryReader reader)
    {
        var refused = reader.ReadBoolean();
        var rejection = reader.ReadString();
        return new MachineReply(refused ? rejection : null, new MachineSnapshot(reader.ReadString(), reader.ReadInt32(), Rest(reader)));
    }

    private static void Write(BinaryWriter writer, string machine, int version, byte[] json)
    {
        writer.Write(machine);
        writer.Write(version);
        writer.Write(json);
    }

    private static byte[] Rest(BinaryReader reader) => reader.ReadBytes((int)(reader.BaseStream.Length - reader.BaseStream.Position));
}
